"""What an act costs, beside the same act in a bare Django project. docs/performance.md explains; `make bench` runs it."""
