"""What a plan (行动计划) brings to this service: regions, programmes, registers, duties, rules and tags."""
