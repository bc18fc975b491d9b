"""Questions to answers: flights, visits, crossings and aircraft, as objects of the contract."""
