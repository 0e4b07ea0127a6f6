export const MIN_COLUMN_WIDTH = 64;

/** The draggable right edge of a column header; the keyboard's way is Shift with an arrow key on the header. */
export function ColumnResizer({
  className,
  onResize,
}: {
  className: string | undefined;
  onResize: (width: number) => void;
}) {
  const onPointerDown = (event: React.PointerEvent<HTMLSpanElement>) => {
    event.preventDefault();
    const handle = event.currentTarget;
    const startWidth = handle.parentElement?.offsetWidth ?? MIN_COLUMN_WIDTH;
    const startX = event.clientX;
    const onMove = (move: PointerEvent) => onResize(Math.max(MIN_COLUMN_WIDTH, startWidth + move.clientX - startX));
    const onEnd = () => {
      handle.removeEventListener("pointermove", onMove);
      handle.removeEventListener("lostpointercapture", onEnd);
    };
    handle.setPointerCapture(event.pointerId);
    handle.addEventListener("pointermove", onMove);
    handle.addEventListener("lostpointercapture", onEnd);
  };
  return (
    <span
      className={className}
      aria-hidden="true"
      onPointerDown={onPointerDown}
      onClick={(event) => event.stopPropagation()}
    />
  );
}
