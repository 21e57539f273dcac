package io.diskmap.http.server;

import io.diskmap.CallContext;
import io.diskmap.StorageException;
import io.diskmap.http.protocol.Endpoint;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.Query;
import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.exchange.Refusal;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * The one way into the storage API: every request of it passes here and nowhere else. Thread-safe.
 *
 * <p>In order: the version, the call and its method, the key, the query, the action. Only {@code
 * health} answers without a key, and then says nothing but that the server lives.
 */
final class Gate implements GuardedHandler.Step {
  private final String instance = UUID.randomUUID().toString();
  private final Disks disks;
  private final Admission admission;
  private final Map<Endpoint, ApiAction> actions = new EnumMap<>(Endpoint.class);
  private final HealthAction health;

  Gate(Disks disks, Admission admission, Map<Endpoint, ApiAction> actions, HealthAction health) {
    this.disks = disks;
    this.admission = admission;
    this.actions.putAll(actions);
    this.health = health;
  }

  @Override
  public void answer(HttpExchange exchange, CallContext context) throws IOException {
    exchange.header(Names.INSTANCE, instance);
    Optional<String> version = exchange.header(Names.DISKMAP_VERSION);
    if (version.isPresent() && !version.get().equals(Names.VERSION)) {
      throw Refusal.badRequest("This server speaks version " + Names.VERSION + " of the contract.");
    }
    Optional<Endpoint> endpoint = Endpoint.at(exchange.rawPath());
    Optional<String> presented = Admission.presentedKey(exchange);
    if (endpoint.isPresent() && endpoint.get() == Endpoint.HEALTH && presented.isEmpty()) {
      requireMethod(exchange, endpoint.get());
      health.answerAnybody(exchange);
      return;
    }
    Caller caller = admission.admit(exchange, presented, context);
    try {
      Endpoint known =
          endpoint.orElseThrow(
              () ->
                  new Refusal(
                      404,
                      "no-such-call",
                      "There is no such call",
                      "The calls are the ten below " + Endpoint.BASE + "."));
      requireMethod(exchange, known);
      Query query = exchange.query();
      ApiAction action = Objects.requireNonNull(actions.get(known), known::name);
      action.answer(new ApiCall(exchange, query, caller, disks));
    } catch (Refusal refusal) {
      throw refusal.by(caller.context());
    } catch (StorageException e) {
      throw Refusal.early(e, caller.context());
    }
  }

  private static void requireMethod(HttpExchange exchange, Endpoint endpoint) throws Refusal {
    if (!endpoint.takes(exchange.method())) {
      exchange.header(Names.ALLOW, endpoint.allow());
      throw new Refusal(
          405,
          "method-not-allowed",
          "The call is made with another method",
          "Use " + endpoint.allow() + ".");
    }
  }
}
