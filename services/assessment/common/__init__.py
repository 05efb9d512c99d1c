"""What several features of this service use."""
