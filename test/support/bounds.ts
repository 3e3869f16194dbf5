export * from "../../src/doctor/bounds.ts";
