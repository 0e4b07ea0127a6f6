import { act, fireEvent, render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { type GridColumn, VirtualGrid } from "../components/VirtualGrid";

const columns: GridColumn<string>[] = [{ id: "name", label: "Name", width: 200, render: (row) => row }];
const nothing = () => {};

/** New data is a new `indexOf`. */
const grid = (rows: string[]) => (
  <VirtualGrid
    label="Names"
    columns={columns}
    rowCount={rows.length}
    rowAt={(index) => rows[index]}
    rowId={(row) => row}
    indexOf={(id) => (rows.includes(id) ? rows.indexOf(id) : undefined)}
    onRange={nothing}
    stale={false}
    loadingLabel="Loading"
    selectedId={null}
    onSelect={nothing}
    onOpen={nothing}
    onClose={nothing}
    resetKey=""
  />
);

const focused = () => document.activeElement?.textContent;

test("the active cell follows its row when new data moves it", () => {
  const { rerender } = render(grid(["a", "b", "c"]));
  act(() => screen.getByRole("gridcell", { name: "a" }).focus());
  rerender(grid(["new", "a", "b", "c"]));
  expect(focused()).toBe("a");
});

test("new data that comes with a key does not take the key back", () => {
  const { rerender } = render(grid(["a", "b", "c"]));
  act(() => screen.getByRole("gridcell", { name: "a" }).focus());
  act(() => {
    fireEvent.keyDown(screen.getByRole("gridcell", { name: "a" }), { key: "ArrowDown" });
    rerender(grid(["a", "b", "c"]));
  });
  expect(focused()).toBe("b");
});
