#!/usr/bin/env python3
"""check-openai.py URL MODEL [EMBEDDING_MODEL]: asks a running server by the `openai` package and checks what it answers: chats whole and in
streams, several texts, stop strings, seeds, probabilities, JSON of a schema, calls of functions, continued texts, errors, clients that leave.
Needs the package `openai`; ends with 1 where a check fails."""
import base64, json, struct, sys, threading
import openai

client = openai.OpenAI(base_url=sys.argv[1].rstrip("/") + "/v1", api_key=sys.argv[4] if len(sys.argv) > 4 else "none",
                       max_retries=0, timeout=120)
model = sys.argv[2]
embedding = sys.argv[3] if len(sys.argv) > 3 else ""
question = [{"role": "system", "content": "Answer briefly."}, {"role": "user", "content": "What is the capital of France?"}]
failures = 0


def check(name, holds, what=""):
    global failures
    failures += not holds
    print(("ok      " if holds else "FAILED  ") + name + (f": {what}" if not holds else ""))


def chat(**options):
    return client.chat.completions.create(model=model, messages=options.pop("messages", question), **options)


check("models are listed", model in [m.id for m in client.models.list()])
check("a model is found", client.models.retrieve(model).id == model)

whole = chat(temperature=0, max_tokens=24)
text = whole.choices[0].message.content
check("a chat is answered", len(text) > 0 and whole.usage.completion_tokens > 0, whole)
check("it ends as it says", whole.choices[0].finish_reason in ("stop", "length"), whole)
parts, usage = [], None
for chunk in chat(temperature=0, max_tokens=24, stream=True, stream_options={"include_usage": True}):
    usage = chunk.usage or usage
    parts += [c.delta.content or "" for c in chunk.choices]
check("a stream has the same text", "".join(parts) == text, "".join(parts))
check("a stream has counts", usage is not None and usage.completion_tokens == whole.usage.completion_tokens, usage)

short = chat(temperature=0, max_tokens=24, stop=[text[5:8]])
check("a stop string ends the text", short.choices[0].message.content == text[:text.index(text[5:8])], short)
several = chat(temperature=1, seed=3, n=3, max_tokens=12)
again = chat(temperature=1, seed=3, n=3, max_tokens=12)
check("several texts", len(several.choices) == 3 and [c.index for c in several.choices] == [0, 1, 2])
check("a seed gives them again", [c.message.content for c in several.choices] == [c.message.content for c in again.choices])
known = chat(temperature=0, max_tokens=6, logprobs=True, top_logprobs=3).choices[0].logprobs.content
check("probabilities", all(len(t.top_logprobs) == 3 and t.logprob == t.top_logprobs[0].logprob <= 0 for t in known), known)

schema = {"type": "object", "properties": {"city": {"type": "string", "maxLength": 20}, "big": {"type": "boolean"}},
          "required": ["city", "big"], "additionalProperties": False}
found = chat(max_tokens=80, temperature=0,
             response_format={"type": "json_schema", "json_schema": {"name": "city", "schema": schema, "strict": True}})
value = json.loads(found.choices[0].message.content)
check("JSON of a schema", isinstance(value["city"], str) and isinstance(value["big"], bool), value)
found = chat(max_tokens=200, temperature=0, response_format={"type": "json_object"}).choices[0]
check("JSON", found.finish_reason == "length" or isinstance(json.loads(found.message.content), dict), found)

tools = [{"type": "function", "function": {
    "name": "weather", "description": "The weather of a city",
    "parameters": {"type": "object", "properties": {"city": {"type": "string", "maxLength": 20}}, "required": ["city"],
                   "additionalProperties": False}}}]
called = chat(tools=tools, tool_choice="required", max_tokens=80, temperature=0).choices[0]
check("a function is called", called.finish_reason == "tool_calls", called)
call = called.message.tool_calls[0]
check("with its arguments", call.function.name == "weather" and "city" in json.loads(call.function.arguments), call)
names, arguments = [], ""
for chunk in chat(tools=tools, tool_choice={"type": "function", "function": {"name": "weather"}}, max_tokens=80, temperature=0,
                  stream=True):
    for c in chunk.choices[0].delta.tool_calls or []:
        names.append(c.function.name)
        arguments += c.function.arguments
check("and in a stream", names == ["weather"] and "city" in json.loads(arguments), arguments)
answer = chat(messages=question + [called.message, {"role": "tool", "tool_call_id": call.id, "content": "Sunny"}],
              tools=tools, tool_choice="none", max_tokens=12, temperature=0)
check("a conversation goes on behind it", answer.choices[0].message.tool_calls is None, answer)

texts = client.completions.create(model=model, prompt=["One, two, three,", "Red, green,"], max_tokens=8, temperature=0, echo=True, logprobs=2)
check("texts go on", texts.choices[0].text.startswith("One, two, three,") and texts.choices[1].text.startswith("Red, green,"), texts)
found = texts.choices[0].logprobs
check("with probabilities", len(found.tokens) == len(found.token_logprobs) and found.token_logprobs[0] is None, found)
scored = client.completions.create(model=model, prompt=texts.choices[0].text, max_tokens=0, temperature=0, echo=True, logprobs=1)
check("a text is scored", scored.usage.completion_tokens == 0 and scored.choices[0].text == texts.choices[0].text, scored)
parts = ["", ""]
for chunk in client.completions.create(model=model, prompt=["One, two, three,", "Red, green,"], max_tokens=8, temperature=0, stream=True):
    for c in chunk.choices:
        parts[c.index] += c.text
check("streams of several prompts", ["One, two, three," + parts[0], "Red, green," + parts[1]] == [c.text for c in texts.choices], parts)

for name, kind, ask in [
    ("an unknown model", openai.NotFoundError, lambda: client.chat.completions.create(model="nothing", messages=question)),
    ("a wrong temperature", openai.BadRequestError, lambda: chat(temperature=9)),
    ("no messages", openai.BadRequestError, lambda: chat(messages=[])),
    ("a text that is too long", openai.BadRequestError, lambda: chat(messages=[{"role": "user", "content": "a b " * 40000}])),
]:
    try:
        ask()
        check(f"{name} is refused", False, "it was answered")
    except kind as error:
        check(f"{name} is refused", bool(error.body and error.body.get("message")), error)

stream = chat(temperature=0, max_tokens=400, stream=True)
next(iter(stream))
stream.close()
results = [None] * 8
def ask(i):
    results[i] = chat(temperature=0, max_tokens=24).choices[0].message.content
threads = [threading.Thread(target=ask, args=(i,)) for i in range(8)]
for t in threads: t.start()
for t in threads: t.join()
check("many at once get the same text", all(r == text for r in results), results)

if embedding:
    floats = client.embeddings.create(model=embedding, input=["a cat", "a dog"], encoding_format="float")
    coded = client.embeddings.create(model=embedding, input="a cat", encoding_format="base64").data[0].embedding
    values = struct.unpack(f"<{len(base64.b64decode(coded)) // 4}f", base64.b64decode(coded))
    check("vectors", len(floats.data) == 2 and all(abs(a - b) < 1e-4 for a, b in zip(values, floats.data[0].embedding)))
    check("vectors as the package asks for them", len(client.embeddings.create(model=embedding, input="a cat").data[0].embedding) == len(values))

sys.exit(1 if failures else 0)
