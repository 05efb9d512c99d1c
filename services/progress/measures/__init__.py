"""What a figure is made of and how it is judged: pure functions over facts, and the questions that ask for figures.

`store/` reads the facts from the read-model, as of now or of any moment.
"""
