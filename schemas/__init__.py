"""What flows through delivrd: records, events, their status and identity; one file per provider."""
