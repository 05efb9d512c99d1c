"""A plan as facts, and the schemes of appraisal in it."""
