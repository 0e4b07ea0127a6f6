import type { Answer_ } from "../../api/bindings";

/** What name servers say to one question. */
export type Told<Value> = Answer_<Value>;
