import { createMemoryHistory } from "../../server/history/memory.ts";
import { historySuite } from "./suite.ts";

historySuite("history in memory", async () => createMemoryHistory());
