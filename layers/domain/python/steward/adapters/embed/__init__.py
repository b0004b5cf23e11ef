"""The engines of embeddings."""
