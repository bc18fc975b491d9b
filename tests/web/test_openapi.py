"""schemathesis over the OpenAPI document: no 5xx, nothing undocumented, bodies as their schemas say."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
EXAMPLES = 40  # for each address; the same ones every time
BOUNDED = settings(
    max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
NAMES = [
    "flights", "visits", "crossings", "aircraft", "who", "fleet", "search", "instant", "trace", "loaded",
    "resolve",
]  # fmt: skip


@pytest.mark.filterwarnings("ignore")  # of schemathesis and what it draws on, not of this project
@pytest.mark.parametrize("name", NAMES)
def test_an_address_keeps_to_the_document(api_app, name):
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", api_app)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert sorted(one.path.split("/")[3] for one in operations) == sorted(NAMES)
    [operation] = [one for one in operations if one.path.split("/")[3] == name]
    statuses = set()

    def run(case):
        response = case.call()
        statuses.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    BOUNDED(given(case=operation.as_strategy())(run))()
    assert statuses
