"""Listing (对接信息): a need or an offer that is put forward at one of the meeting points."""
