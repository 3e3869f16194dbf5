export { CaseArena as TestArena } from "../../src/doctor/case_arena.ts";
