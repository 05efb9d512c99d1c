"""The board of the province and its cities, today's running energy on it, and the stream of its changes.

The board is made of figures; it measures nothing itself.
"""
