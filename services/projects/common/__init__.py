"""What at least two features use."""
