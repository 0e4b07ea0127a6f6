import { screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { howManyFit } from "../features/referrals/fitting";
import { open, referral, signedIn } from "./world";

test.each([
  ["all, to the last point", [100, 50, 50], 220, 3],
  ["none are told of where all fit", [100, 50, 50], 1000, 3],
  ["the rest takes its room", [100, 50, 50], 219, 1],
  ["as many as leave it that room", [100, 50, 50, 200], 250, 2],
  ["nothing but the rest", [100, 50], 60, 0],
  ["there are none", [], 0, 0],
] as const)("of tiles side by side: %s", (_, widths, width, fit) => {
  expect(howManyFit([...widths], 60, 10, width)).toBe(fit);
});

test("tiles that do not fit are one click away", async () => {
  class Laid implements ResizeObserver {
    constructor(private readonly tell: () => void) {}
    observe(box: Element) {
      if (box.matches('[role="group"]')) queueMicrotask(this.tell);
    }
    unobserve() {}
    disconnect() {}
  }
  vi.stubGlobal("ResizeObserver", Laid);
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 200, 46));
  const currencies = ["USD", "EUR", "GBP", "CHF"];
  const referrals = currencies.map((currency) => referral({ referral_id: currency, currency }));
  const { user } = await open({ referrals, snapshot: signedIn });
  const row = within(screen.getByRole("group", { name: "At a glance" }));
  // Six of two hundred fit into what the window has; the sixth says what else there is.
  const more = await row.findByRole("button", { name: "+3 more" });
  expect(row.getAllByRole("button")).toHaveLength(6);
  await user.click(more);
  const rest = within(await screen.findByRole("dialog", { name: "More figures" }));
  expect(rest.getAllByRole("button").map(({ textContent }) => textContent?.slice(-3))).toEqual(["EUR", "GBP", "CHF"]);
});
