"""What every sheet has: the lesson that it is drawn from, a head, links, and the looks of its numbers."""
