"""A gateway in a process of its own. Runs in the Python that has the package; gateways.py starts and asks it.

    worker.py CONFIG_FILE VALKEY_URL

Says {"started": true}, or {"failed": WHY} and ends. Then for each line {"requests": […], "callers": N} it sends the
requests from N threads and says [[STATUS, TEXT], …] in their order.
"""
import concurrent.futures
import json
import os
import sys

# What we say goes to the pipe, whatever the package prints goes to the log.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import tensorzero  # noqa: E402  (its log would go to the pipe)


def say(what):
    answers.write(json.dumps(what) + "\n")
    answers.flush()


def plain(error):
    """What went wrong is told as text within text within JSON: the same without the backslashes."""
    return error.replace("\\", "")


def ask(gateway, request):
    try:
        reply = gateway.inference(
            model_name="mock", input={"messages": [{"role": "user", "content": request["text"]}]},
            tags=request["tags"], cache_options={"enabled": request["cache"]},
            params={"chat_completion": {"max_tokens": request["max_tokens"]}})
    except tensorzero.TensorZeroError as error:
        return error.status_code, plain(error.text)
    return 200, reply.content[0].text


def main():
    config_file, valkey_url = sys.argv[1:]
    try:
        gateway = tensorzero.TensorZeroGateway.build_embedded(config_file=config_file, valkey_url=valkey_url)
    except Exception as error:  # whatever it is: the test reads why
        say({"failed": plain(str(error))})
        return
    say({"started": True})
    for line in sys.stdin:
        task = json.loads(line)
        with concurrent.futures.ThreadPoolExecutor(task["callers"]) as callers:
            say(list(callers.map(lambda request: ask(gateway, request), task["requests"])))


main()
os._exit(0)  # the gateway's threads were seen to crash at an ordinary exit
