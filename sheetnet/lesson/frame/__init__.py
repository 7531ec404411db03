"""What every sheet has: the lesson that it belongs to, a head, links, and the styles of its numbers."""
