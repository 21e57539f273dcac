package io.diskmap.http.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.diskmap.Health;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.http.protocol.CapabilitiesDocument;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.WireErrors;
import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.exchange.Replies;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * {@code health}: without a key whether the server lives, with one the state of its disks.
 * Thread-safe.
 */
final class HealthAction implements ApiAction {
  private final Disks disks;
  private final BooleanSupplier stopping;
  private final long maxFileBytes;

  HealthAction(Disks disks, BooleanSupplier stopping, long maxFileBytes) {
    this.disks = disks;
    this.stopping = stopping;
    this.maxFileBytes = maxFileBytes;
  }

  /** The answer for a load balancer. */
  void answerAnybody(HttpExchange exchange) throws IOException {
    boolean alive = !stopping.getAsBoolean();
    Replies.json(
        exchange,
        alive ? 200 : 503,
        out -> out.writeStringField("status", alive ? "ok" : "stopping"));
  }

  /** The answer for a key: its disks, or the one that is asked for with what it can do. */
  @Override
  public void answer(ApiCall call) throws IOException {
    Optional<String> only = call.query().get(Names.DISK);
    List<DiskState> states = new ArrayList<>();
    if (only.isPresent()) {
      DiskState state = state(only.get(), call.storage());
      if (state.health.problem().isPresent()) {
        throw state.health.problem().get();
      }
      states.add(state);
    } else {
      for (String name : disks.names()) {
        if (call.caller().key().opens(name)) {
          states.add(state(name, disks.disk(name).with(call.caller().context())));
        }
      }
    }
    boolean healthy = states.stream().allMatch(s -> s.health.healthy());
    Replies.json(
        call.exchange(),
        healthy && !stopping.getAsBoolean() ? 200 : 503,
        out -> {
          out.writeStringField("status", healthy ? "ok" : "failed");
          out.writeStringField("version", Names.VERSION);
          out.writeNumberField("maxFileBytes", maxFileBytes);
          out.writeArrayFieldStart("disks");
          for (DiskState state : states) {
            state.write(out, only.isPresent());
          }
          out.writeEndArray();
        });
  }

  private static DiskState state(String name, Storage storage) {
    return new DiskState(name, storage, storage.health());
  }

  private record DiskState(String name, Storage storage, Health health) {
    void write(JsonGenerator out, boolean withCapabilities) throws IOException {
      out.writeStartObject();
      out.writeStringField("disk", name);
      out.writeBooleanField("healthy", health.healthy());
      out.writeNumberField("milliseconds", health.roundTrip().toMillis());
      if (health.problem().isPresent()) {
        StorageException problem = health.problem().get();
        out.writeStringField("code", WireErrors.code(problem.kind()));
        out.writeStringField("detail", problem.sentence());
      }
      if (withCapabilities && health.healthy()) {
        out.writeObjectFieldStart("details");
        for (Map.Entry<String, String> detail : health.details().entrySet()) {
          out.writeStringField(detail.getKey(), detail.getValue());
        }
        out.writeEndObject();
        out.writeObjectFieldStart("capabilities");
        CapabilitiesDocument.write(out, storage.capabilities());
        out.writeEndObject();
      }
      out.writeEndObject();
    }
  }
}
