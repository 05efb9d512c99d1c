"""What can be asked, each answer narrowed to what the actor may see; one module per slice."""
