import type { DnsAnswer } from "../../api/bindings";

/** What name servers say to one question. */
export type Told<Value> = DnsAnswer<Value>;
