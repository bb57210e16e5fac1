"""`make bench-warehouse`: the warehouse full of traffic, and what questions and inserts cost there."""
