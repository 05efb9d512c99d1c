"""Plans (行动计划, GE-1 to GE-4): programmes, regions, schemes of appraisal, published whole; and their `targets`."""
