import { act, fireEvent, render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { type GridColumn, VirtualGrid } from "../components/VirtualGrid";
import { createTranslations, WordsProvider } from "../i18n";

const columns: GridColumn<string>[] = [{ id: "name", label: "Name", width: 200, render: (row) => row }];
const nothing = () => {};
const translations = createTranslations("en");

/** New data is a new `indexOf`. */
const grid = (rows: string[]) => (
  <WordsProvider translations={translations}>
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
  </WordsProvider>
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
