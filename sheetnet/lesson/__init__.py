"""From a template and a photo to the finished workbook."""
