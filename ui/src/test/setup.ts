import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";

/** jsdom lays nothing out: give the window a size, so that virtual rows exist. */
Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get: () => 600 });
Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, get: () => 1200 });
Object.defineProperty(HTMLElement.prototype, "offsetParent", {
  configurable: true,
  get(this: HTMLElement) {
    return this.parentNode;
  },
});
Element.prototype.getBoundingClientRect = () => new DOMRect(0, 0, 1200, 600);
Element.prototype.scrollIntoView = function scrollIntoView(this: Element) {
  const grid = this.closest('[role="grid"]');
  const top = /translateY\((\d+)px\)/.exec(this.closest<HTMLElement>('[role="row"]')?.style.transform ?? "")?.[1];
  if (!grid || top === undefined) return;
  grid.scrollTop = Number(top);
  grid.dispatchEvent(new Event("scroll"));
};
Element.prototype.scrollTo = function scrollTo(this: Element, options?: ScrollToOptions | number) {
  this.scrollTop = typeof options === "object" ? (options.top ?? 0) : this.scrollTop;
  this.dispatchEvent(new Event("scroll"));
} as typeof Element.prototype.scrollTo;

class NoResize implements ResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}
vi.stubGlobal("ResizeObserver", NoResize);
vi.stubGlobal("matchMedia", (query: string) => ({
  matches: false,
  media: query,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
}));

configure({ asyncUtilTimeout: 8_000, getElementError: (message) => new Error(message ?? "no such element") });

beforeEach(() => {
  localStorage.clear();
  location.hash = "";
});
afterEach(cleanup);
