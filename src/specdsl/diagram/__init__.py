"""Entity-relationship diagrams of a dataset: the checked program in, Mermaid or SVG text out."""
