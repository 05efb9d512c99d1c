"""Designations (认定) of enterprises, centres and parks: who is recognised as what, and when (§6.5).

EI-10, EI-12, IN-1, IN-2, IN-7, IN-9 to IN-11, IN-13, DI-5.
"""
