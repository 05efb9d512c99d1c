"""What more than one room of progress uses: periods and units, the dated rules, names of sources, shapes of answers.

It knows none of the rooms.
"""
