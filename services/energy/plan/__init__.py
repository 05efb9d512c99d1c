"""A plan's reference data that this service owns: regions, carriers' coefficients, dated rules."""
