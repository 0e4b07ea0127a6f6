// node picture.mjs FILE: the real window, off-screen, with the HUNTER_* settings of the environment.
import { writeFileSync } from "node:fs";
import { Stage } from "./stage.mjs";

const settings = Object.entries(process.env).filter(([name]) => name.startsWith("HUNTER_"));
const stage = await Stage.build();
try {
  const hunter = await stage.openForPictures(Object.fromEntries(settings));
  await hunter.testId("badge-kind");
  writeFileSync(process.argv[2], await hunter.picture());
} finally {
  await stage.strike();
}
