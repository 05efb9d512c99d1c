"""Restatements (追溯调整): days already counted are counted again with the coefficients that hold for them now."""
