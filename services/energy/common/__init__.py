"""What several features of this service share."""
