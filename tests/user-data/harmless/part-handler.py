#part-handler
# Handles parts of type text/x-example-properties and writes them below /etc/example.


def list_types():
    return ["text/x-example-properties", "text/x-example-token-reference"]


def resolve_token(name):
    """Fetches the token that a part only names."""
    import subprocess

    command = ["aws", "ssm", "get-parameter", "--with-decryption", "--name", name]
    command += ["--query", "Parameter.Value", "--output", "text"]
    return subprocess.check_output(command, text=True).strip()


def handle_part(data, ctype, filename, payload):
    if ctype == "__begin__":
        print("my handler is beginning")
        return
    if ctype == "__end__":
        print("my handler is ending")
        return
    if ctype == "text/x-example-token-reference":
        token = resolve_token(payload.strip())
        with open("/run/example/token", "w") as handle:
            handle.write(token)
        print("token: written to /run/example/token")
        return
    print(f"==== received ctype={ctype} filename={filename} ====")
    with open("/etc/example/" + filename, "w") as handle:
        handle.write(payload)
