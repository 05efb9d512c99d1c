"""Mechanism that every service uses: no word of the business stands here."""
