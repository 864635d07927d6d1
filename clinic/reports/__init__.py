"""Room "reports": what the service did and by which rules; it reads, and writes only that somebody read."""
