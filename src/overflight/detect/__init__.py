"""Positions to derived things: pure kernels from Arrow to Arrow, each with its `Rules` and version."""
