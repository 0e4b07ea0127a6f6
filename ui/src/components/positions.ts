/** Under its button, never taller than the window: what is too long scrolls. */
export const BELOW = { position: "below", align: "end", autoSize: "height", overflowBoundaryPadding: 8 } as const;
