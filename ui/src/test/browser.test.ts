import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Event } from "../api/bindings";
import { HttpPlatform } from "../platform/http";

/** A stream of events whose other end is in our hands. */
class Stream {
  static readonly CLOSED = 2;
  static all: Stream[] = [];
  readyState = 0;
  onopen: () => void = () => undefined;
  onerror: () => void = () => undefined;
  onmessage: (event: { data: string }) => void = () => undefined;

  constructor(readonly address: string) {
    Stream.all.push(this);
  }

  close() {
    this.readyState = Stream.CLOSED;
  }

  fail(readyState: number) {
    this.readyState = readyState;
    this.onerror();
  }
}

const answers: Array<() => Response> = [];
const asked: Array<{ address: string; body: unknown }> = [];

beforeEach(() => {
  Stream.all = [];
  answers.length = 0;
  asked.length = 0;
  vi.stubGlobal("EventSource", Stream);
  vi.stubGlobal("fetch", async (address: string, { body }: { body: string }) => {
    asked.push({ address, body: JSON.parse(body) });
    const answer = answers.shift();
    if (!answer) throw new TypeError("nobody answers");
    return answer();
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const reply = (answer: unknown, errands = {}) =>
  answers.push(() => Response.json({ answer, open: [], copy: null, ...errands }));

test("a request goes out and its answer comes back", async () => {
  reply({ total: 0, items: [] });
  const answer = await new HttpPlatform().call("list_referrals", { query: { status: "New" } });
  expect(answer).toEqual({ total: 0, items: [] });
  expect(asked).toEqual([{ address: "/rpc/list_referrals", body: { query: { status: "New" } } }]);
});

test("what only the browser can do, it does", async () => {
  const written: string[] = [];
  vi.stubGlobal("navigator", { clipboard: { writeText: async (text: string) => written.push(text) } });
  const tab = { opener: window as unknown };
  const open = vi.spyOn(window, "open").mockReturnValue(tab as Window);
  reply(null, { open: ["https://partner.example/list"], copy: "an id" });
  await new HttpPlatform().call("open_in_partner_center", { id: "1" });
  expect(written).toEqual(["an id"]);
  expect(open).toHaveBeenCalledWith("https://partner.example/list", "_blank");
  expect(tab.opener).toBeNull();
  open.mockReturnValue(null);
  reply(null, { open: ["https://partner.example/list"] });
  await expect(new HttpPlatform().call("open_in_partner_center", { id: "1" })).rejects.toThrow("blocked");
});

test("errors of the engine stay what they are, and one that nobody answers has a code of its own", async () => {
  const error = { code: "not_found", message: "No referral", hint: null, retry: "never" };
  answers.push(() => Response.json({ error }, { status: 422 }));
  const platform = new HttpPlatform();
  await expect(platform.call("show_referral", { id: "1" })).rejects.toEqual(error);
  await expect(platform.call("show_referral", { id: "1" })).rejects.toMatchObject({ code: "unreachable" });
  answers.push(() => new Response("<html>Bad gateway</html>", { status: 502 }));
  await expect(platform.call("show_referral", { id: "1" })).rejects.toMatchObject({ code: "unreachable" });
});

test("a browser whose key is over is led to the door", async () => {
  answers.push(() => Response.json({ detail: "Send the token" }, { status: 401 }));
  const left = new Promise((resolve) => void new HttpPlatform(resolve).call("snapshot", {}));
  expect(await left).toBe("/enter");
});

test("events arrive, and after a pause everything is asked anew", async () => {
  vi.useFakeTimers();
  const seen: Event[] = [];
  const subscribed = new HttpPlatform().subscribe((event) => seen.push(event));
  Stream.all[0]?.onopen();
  const end = await subscribed;
  Stream.all[0]?.onmessage({ data: JSON.stringify({ type: "invalidated", topics: ["runs"] }) });
  expect(seen).toEqual([{ type: "invalidated", topics: ["runs"] }]);

  Stream.all[0]?.fail(0);
  reply({ version: "1" });
  Stream.all[0]?.onopen();
  await vi.waitFor(() => expect(seen).toHaveLength(3));
  expect(seen[1]).toEqual({ type: "state", snapshot: { version: "1" } });
  expect(seen[2]).toEqual({
    type: "invalidated",
    topics: ["referrals", "companies", "views", "runs", "settings", "checklist"],
  });

  Stream.all[0]?.fail(Stream.CLOSED);
  expect(Stream.all).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(Stream.all).toHaveLength(2);
  end();
  expect(Stream.all[1]?.readyState).toBe(Stream.CLOSED);
});
