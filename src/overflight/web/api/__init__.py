"""`/api/v1`: typed questions over HTTP, answered with objects of the contract."""
