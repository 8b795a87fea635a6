// Addresses of a cluster: what is read, and that no message holds a password.
import { describe, expect, it } from "vitest";
import { readAddress } from "../../src/cluster/address.ts";

describe("an address", () => {
  it("has host, port, database, queue, TLS and password; what is shown has none of the last", () => {
    const address = readAddress("rediss://me:top%20secret@redis.example:6380/2?queue=mine&seconds=30", {});
    expect(address).toMatchObject({
      host: "redis.example",
      port: 6380,
      db: 2,
      queue: "mine",
      username: "me",
      password: "top secret",
      tls: {},
    });
    expect(address.taskSeconds).toBe(30);
    expect(address.shown).toBe("rediss://redis.example:6380/2?queue=mine");
    expect(readAddress("redis://[::1]", {})).toMatchObject({ host: "::1", port: 6379, db: 0, queue: "escapement", taskSeconds: 5 });
  });

  it("takes the password from the environment where the URL has none", () => {
    expect(readAddress("redis://h", { ESCAPEMENT_REDIS_PASSWORD: "p" }).password).toBe("p");
    expect(readAddress("redis://:q@h", { ESCAPEMENT_REDIS_PASSWORD: "p" }).password).toBe("q");
  });

  it("that is none is refused without repeating what may be a password", () => {
    for (const text of [
      "secret-word@host",
      "http://:secret-word@host",
      "redis://:secret-word@host/x",
      "redis://:secret-word@host?queue=a%20b",
      "redis://:secret-word@host?seconds=0",
    ]) {
      let message = "";
      try {
        readAddress(text, {});
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).toMatch(/allowed: redis:\/\//);
      expect(message).not.toContain("secret-word");
    }
  });
});
