"""Owns projects (技改项目) with their stages, and what is done about them: matching (对接), diagnoses, reports.

Also the money of funds (专项资金), problems and the meetings that decide them, measures, what governments owe (duties),
documents (通报), imports of spreadsheets and saved views.
"""
