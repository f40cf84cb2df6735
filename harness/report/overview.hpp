// A play in a line of figures.
#pragma once

#include <string>

#include "report/report.hpp"

namespace outlive::harness {

struct Overview {
  std::string limits_lost = "-";  // "10 of 1,000"; "-": there are none
  std::string tickets_too_many = "-";
  std::string errors = "-";
  std::string outcome;  // "all hold", "2 violated, as stated", "NOT as stated", "could not run"
};

Overview overview_of(const Played& played);

}  // namespace outlive::harness
