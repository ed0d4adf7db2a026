#pragma once

#include "cli/market_session.hpp"

#include <cstdint>
#include <memory>

namespace spotvane::cli {

/// Whether a program begins, and should say at once what is wrong, or is at it already, and should
/// outlast a database or a network that is away for a while.
enum class TurnBegins : std::uint8_t { AtStart, Underway };

/// Opens a session; where another process collects into the shared database, waits until it is
/// gone, says whom it waits for, and takes its place within seconds. Fails with `Cancelled` where
/// the user stops the waiting, and as `MarketSession::open`; but not, once it is waiting, for what
/// may pass.
Result<std::unique_ptr<MarketSession>> open_in_turn(Environment& environment,
                                                    const MarketSession::Options& options,
                                                    TurnBegins begins);

}  // namespace spotvane::cli
