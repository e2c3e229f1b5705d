"""GraphQL over the same service that the pages call; resolvers translate and mask, and do nothing else."""
