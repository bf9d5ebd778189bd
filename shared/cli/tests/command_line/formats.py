"""Reads a report on standard input as others do, and prints what it read as JSON."""

import csv
import json
import sys


def read_csv():
    return list(csv.DictReader(sys.stdin, strict=True))


def junit(schema):
    """The counts of the suites, and what is wrong by the schema."""
    from junitparser import JUnitXml
    from lxml import etree

    text = sys.stdin.buffer.read()
    document = etree.fromstring(text)
    # The library counts in the whole what is skipped; this schema has that in the suites alone.
    document.attrib.pop("skipped")
    schema = etree.XMLSchema(etree.parse(schema))
    schema.validate(document)
    suites = [
        {"name": suite.name, "tests": len(list(suite)), "failures": suite.failures, "errors": suite.errors}
        for suite in JUnitXml.fromstring(text)
    ]
    return {"wrong": [str(error) for error in schema.error_log], "suites": suites}


def ocsf(version):
    """The JSON Schema of a Compliance Finding."""
    from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=version))
    return schema.get_class_schema(class_name="compliance_finding", profiles=["cloud"])


def asff():
    """What the AWS command line, and the keywords and sizes of its model, have against the requests."""
    from awscli.botocore.session import get_session
    from awscli.botocore.validate import ParamValidator

    service = get_session().get_service_model("securityhub")
    shape = service.operation_model("BatchImportFindings").input_shape
    types = {*service.shape_for("ResourceDetails").members, "AwsAccount", "Other"}

    def wrong(value, shape, path):
        if shape.type_name == "structure":
            for name, part in value.items():
                yield from wrong(part, shape.members[name], f"{path}.{name}")
        elif shape.type_name == "list":
            if len(value) > shape.metadata.get("max", len(value)):
                yield f"{path}: {len(value)} items"
            for part in value:
                yield from wrong(part, shape.member, path)
        elif getattr(shape, "enum", None) and value not in shape.enum:
            yield f"{path}: {value}"

    found = []
    for line in sys.stdin:
        request = json.loads(line)
        report = ParamValidator().validate(request, shape)
        found += [report.generate_report()] if report.has_errors() else wrong(request, shape, "")
        found += [part["Type"] for one in request["Findings"] for part in one["Resources"] if part["Type"] not in types]
    return found


read = {"csv": read_csv, "junit": junit, "ocsf": ocsf, "asff": asff}
json.dump(read[sys.argv[1]](*sys.argv[2:]), sys.stdout)
