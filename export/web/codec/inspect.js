import { UsageError } from "./errors.js";

export async function inspect() {
  throw new UsageError("under way");
}
