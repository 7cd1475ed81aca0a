"""Report: what a run shows, as tables, pictures, findings and pages."""
