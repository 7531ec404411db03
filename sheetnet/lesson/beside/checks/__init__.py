"""The sheet Checks: the workbook checks itself. Its checks, and the fingerprints and seals of all tensors."""
