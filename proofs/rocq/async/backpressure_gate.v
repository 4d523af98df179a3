(* SPDX-License-Identifier: Apache-2.0 *)
(* The backpressure gate: who may enter, who waits in line, who is let in when it opens.

   Model          C (include/gale/async/backpressure_gate.h, src/async/backpressure_gate.c)
   OEnable        gale_backpressure_gate_enable
   ODisable       gale_backpressure_gate_disable
   OInc, ODec     gale_backpressure_gate_inc, _dec
   OTry t         gale_backpressure_gate_try_enter by caller t
   OWait t d      gale_backpressure_gate_wait_until_ready by thread t, up to its return or its block; None is GALE_FOREVER
   OLeave         gale_backpressure_gate_leave
   OCancel t      gale_executor_cancel_wait or _abort of t
   OTick          time passes by one tick and what is due fires
   release, admit_all    backpressure_gate_release, backpressure_gate_admit_all
   most is GALE_BACKPRESSURE_GATE_MAX, room is UINT32_MAX. *)

From Coq Require Import List Arith Lia Bool Permutation.
From Gale Require Import trace.
Import ListNotations.

Record gate := Gate { units : nat; enabled : bool; inside : nat; line : list (nat * option nat); now : nat }.

Inductive status := Ok | EBUSY | EOVERFLOW | EINVAL | ETIMEDOUT | ECANCELED | Blocked.
Inductive op := OEnable | ODisable | OInc | ODec | OTry (t : nat) | OWait (t : nat) (d : option nat) | OLeave
              | OCancel (t : nat) | OTick.

(* What the call answers, and the waits that it ends, in order, with what they answer. *)
Record out := Out { st : status; ended : list (nat * status) }.

Section Limits.
Variables most room : nat.

Definition unit (g : gate) : nat := if enabled g then 1 else 0.

Fixpoint admit_all (n : nat) (l : list (nat * option nat)) : nat * list (nat * status) :=
  match l with
  | [] => (n, [])
  | (t, _) :: l' => if n <? room then let (m, e) := admit_all (S n) l' in (m, (t, Ok) :: e)
                    else let (m, e) := admit_all n l' in (m, (t, EOVERFLOW) :: e)
  end.

Definition release (g : gate) (en : bool) : gate * out :=
  let n := units g - 1 in
  if n =? 0 then let (m, e) := admit_all (inside g) (line g) in (Gate 0 en m [] (now g), Out Ok e)
  else (Gate n en (inside g) (line g) (now g), Out Ok []).

Definition enter (g : gate) : gate * out :=
  if 0 <? units g then (g, Out EBUSY [])
  else if inside g <? room then (Gate (units g) (enabled g) (S (inside g)) (line g) (now g), Out Ok [])
  else (g, Out EOVERFLOW []).

Definition is_due (n : nat) (x : nat * option nat) : bool := match snd x with Some d => d <=? n | None => false end.
Definition passed (g : gate) (d : option nat) : bool := match d with Some n => n <=? now g | None => false end.

Arguments passed : simpl never.

Definition step (g : gate) (o : op) : gate * out :=
  match o with
  | OEnable => if enabled g then (g, Out Ok [])
               else if units g <? most then (Gate (S (units g)) true (inside g) (line g) (now g), Out Ok [])
               else (g, Out EOVERFLOW [])
  | ODisable => if enabled g then release g false else (g, Out Ok [])
  | OInc => if units g <? most then (Gate (S (units g)) (enabled g) (inside g) (line g) (now g), Out Ok [])
            else (g, Out EOVERFLOW [])
  | ODec => if units g =? unit g then (g, Out EOVERFLOW []) else release g (enabled g)
  | OTry _ => enter g
  | OWait t d =>
    match enter g with
    | (g1, Out EBUSY _) => match d with
                           | Some 0 => (g1, Out EBUSY [])
                           | _ => if passed g d then (g1, Out ETIMEDOUT [])
                                  else (Gate (units g) (enabled g) (inside g) (line g ++ [(t, d)]) (now g), Out Blocked [])
                           end
    | other => other
    end
  | OLeave => if inside g =? 0 then (g, Out EINVAL [])
              else (Gate (units g) (enabled g) (inside g - 1) (line g) (now g), Out Ok [])
  | OCancel t => (Gate (units g) (enabled g) (inside g) (filter (fun x => negb (fst x =? t)) (line g)) (now g),
                  Out Ok (map (fun x => (fst x, ECANCELED)) (filter (fun x => fst x =? t) (line g))))
  | OTick => let n := S (now g) in
             (Gate (units g) (enabled g) (inside g) (filter (fun x => negb (is_due n x)) (line g)) n,
              Out Ok (map (fun x => (fst x, ETIMEDOUT)) (filter (is_due n) (line g))))
  end.

Definition init (n : nat) : gate := Gate 0 false 0 [] n.

(* An open gate has no line; the unit of enable is among the units; nobody waits past its deadline. *)
Definition ok (g : gate) : Prop :=
  units g <= most /\ unit g <= units g /\ inside g <= room /\ (units g = 0 -> line g = []) /\
  Forall (fun x => is_due (now g) x = false) (line g).

Lemma admit_all_spec l n : n <= room ->
  let (m, e) := admit_all n l in
  n <= m <= room /\ map fst e = map fst l /\ m = n + length (filter (fun x => match snd x with Ok => true | _ => false end) e) /\
  Forall (fun x => snd x = Ok \/ snd x = EOVERFLOW) e /\ (n + length l <= room -> Forall (fun x => snd x = Ok) e).
Proof.
  revert n. induction l as [| [t d] l IH]; intros n H; simpl; [repeat split; auto; lia|].
  destruct (n <? room) eqn:E.
  - apply Nat.ltb_lt in E. specialize (IH (S n) ltac:(lia)). destruct (admit_all (S n) l) as [m e]. simpl.
    destruct IH as (A & B & C & D & F). repeat split; auto; try lia; try congruence. intro. constructor; auto. apply F. lia.
  - apply Nat.ltb_ge in E. specialize (IH n H). destruct (admit_all n l) as [m e]. simpl.
    destruct IH as (A & B & C & D & F). repeat split; auto; try lia; try congruence.
Qed.

Lemma filter_Forall {A} (P : A -> Prop) f (l : list A) : Forall P l -> Forall P (filter f l).
Proof. rewrite !Forall_forall. intros H x I. apply filter_In in I as [I _]. auto. Qed.

Lemma release_ok g (en : bool) : ok g -> 1 <= units g -> (if en then 2 else 1) <= units g -> ok (fst (release g en)).
Proof.
  intros (A & B & C & D & E) U V. unfold release. destruct (units g - 1 =? 0) eqn:Z.
  - apply Nat.eqb_eq in Z. pose proof (admit_all_spec (line g) (inside g) C) as S.
    destruct (admit_all (inside g) (line g)) as [m e]. unfold ok, unit; simpl. destruct en; [lia|].
    repeat split; auto; lia.
  - apply Nat.eqb_neq in Z. unfold ok, unit; simpl. destruct en; repeat split; auto; lia.
Qed.

Lemma step_ok g o : ok g -> ok (fst (step g o)).
Proof.
  intros H. pose proof H as (A & B & C & D & E). destruct o as [| | | | t | t d | | t |]; cbn [step].
  - destruct (enabled g) eqn:N; [exact H|]. destruct (units g <? most) eqn:M; [| exact H]. apply Nat.ltb_lt in M.
    unfold ok, unit; simpl. repeat split; auto; lia.
  - destruct (enabled g) eqn:N; [| exact H]. apply release_ok; auto; unfold unit in B; rewrite N in B; lia.
  - destruct (units g <? most) eqn:M; [| exact H]. apply Nat.ltb_lt in M. unfold ok, unit in *; simpl. repeat split; auto; lia.
  - destruct (units g =? unit g) eqn:N; [exact H|]. apply Nat.eqb_neq in N.
    apply release_ok; auto; unfold unit in *; destruct (enabled g); lia.
  - unfold enter. destruct (0 <? units g); [exact H|]. destruct (inside g <? room) eqn:M; [| exact H].
    apply Nat.ltb_lt in M. unfold ok, unit in *; simpl. repeat split; auto; lia.
  - unfold enter. destruct (0 <? units g) eqn:Z.
    + apply Nat.ltb_lt in Z. assert (G : ok (if passed g d then g else Gate (units g) (enabled g) (inside g) (line g ++ [(t, d)]) (now g))).
      { destruct (passed g d) eqn:P; [exact H|]. unfold ok, unit in *; simpl. repeat split; auto; try lia.
        apply Forall_app. split; auto. }
      destruct d as [[| d] |]; simpl; auto; destruct (passed g _); exact G.
    + destruct (inside g <? room) eqn:M; [| exact H]. apply Nat.ltb_lt in M. unfold ok, unit in *; simpl. repeat split; auto; lia.
  - destruct (inside g =? 0); [exact H|]. unfold ok, unit in *; simpl. repeat split; auto; lia.
  - unfold ok, unit in *; simpl. repeat split; auto; [| now apply filter_Forall]. intro Z. now rewrite D.
  - unfold ok, unit in *; simpl. repeat split; auto; [intro Z; now rewrite D|].
    apply Forall_forall. intros x I. apply filter_In in I as [_ I]. now apply negb_true_iff in I.
Qed.

Theorem bp05_invariant n t : ok (final step (init n) t).
Proof.
  apply run_keeps with (K := fun _ => True); auto using step_ok.
  unfold ok, init, unit; simpl. repeat split; auto; lia.
Qed.

(* BP05: the counter stays in range; going past either end is refused and changes nothing. *)
Theorem bp05_range_and_refusal g : ok g ->
  units g <= most /\
  (st (snd (step g OInc)) = EOVERFLOW <-> units g = most) /\ (units g = most -> fst (step g OInc) = g) /\
  (st (snd (step g ODec)) = EOVERFLOW <-> units g = unit g) /\ (units g = unit g -> fst (step g ODec) = g).
Proof.
  intros (A & B & _). cbn [step]. repeat split; auto.
  - destruct (units g <? most) eqn:M; simpl; [discriminate|]. apply Nat.ltb_ge in M. lia.
  - intros ->. now rewrite Nat.ltb_irrefl.
  - intros ->. now rewrite Nat.ltb_irrefl.
  - destruct (units g =? unit g) eqn:M; [intros _; now apply Nat.eqb_eq|]. unfold release.
    destruct (units g - 1 =? 0); [destruct (admit_all _ _)|]; discriminate.
  - intros ->. now rewrite Nat.eqb_refl.
  - intros ->. now rewrite Nat.eqb_refl.
Qed.

Definition entries (e : op * out) : nat :=
  (match e with (OTry _, Out Ok _) | (OWait _ _, Out Ok _) => 1 | _ => 0 end) +
  length (filter (fun x => match snd x with Ok => true | _ => false end) (ended (snd e))).

(* BP01: from enable's return until disable nobody gets in, whatever else happens. *)
Theorem bp01_closed_after_enable g t : ok g -> enabled g = true -> Forall (fun o => o <> ODisable) t ->
  enabled (final step g t) = true /\ list_sum (map entries (log step g t)) = 0.
Proof.
  revert g. induction t as [| o t IH]; intros g H N F; [auto|]. apply Forall_cons_iff in F as [F1 F2].
  rewrite final_cons, log_cons. cbn [map list_sum fold_right]. fold (list_sum (map entries (log step (fst (step g o)) t))).
  assert (S : enabled (fst (step g o)) = true /\ entries (o, snd (step g o)) = 0).
  { pose proof H as (A & B & C & D & E). unfold unit in B. rewrite N in B.
    assert (T : forall s (l : list (nat * option nat)), s <> Ok ->
              length (filter (fun x : nat * status => match snd x with Ok => true | _ => false end) (map (fun x => (fst x, s)) l)) = 0).
    { intros s l Q. induction l; simpl; auto. destruct s; auto. congruence. }
    destruct o as [| | | | t0 | t0 d | | t0 |]; cbn [step]; try congruence.
    - rewrite N. auto.
    - destruct (_ <? _); auto.
    - unfold unit. rewrite N. destruct (units g =? 1) eqn:Q; auto. apply Nat.eqb_neq in Q. unfold release.
      replace (units g - 1 =? 0) with false by (symmetry; apply Nat.eqb_neq; lia). auto.
    - unfold enter. replace (0 <? units g) with true by (symmetry; apply Nat.ltb_lt; lia). auto.
    - unfold enter. replace (0 <? units g) with true by (symmetry; apply Nat.ltb_lt; lia).
      destruct d as [[| d] |]; simpl; auto; destruct (passed _ _); auto.
    - destruct (_ =? 0); auto.
    - unfold entries; simpl. rewrite T; auto. discriminate.
    - unfold entries; simpl. rewrite T; auto. discriminate. }
  destruct S as [S1 S2]. destruct (IH (fst (step g o))) as [I1 I2]; auto using step_ok.
  unfold list_sum in *. rewrite I2, S2. auto.
Qed.

Theorem bp01_enable_closes g : ok g -> st (snd (step g OEnable)) = Ok -> enabled (fst (step g OEnable)) = true.
Proof. intros H. cbn [step]. destruct (enabled g) eqn:N; auto. destruct (_ <? _); simpl; auto. discriminate. Qed.

(* BP02: what opens the gate ends every wait of the line, in order of arrival, with Ok (as long as they can be counted). *)
Theorem bp02_opening_admits_all_in_order g o : ok g -> 0 < units g -> units (fst (step g o)) = 0 ->
  map fst (ended (snd (step g o))) = map fst (line g) /\ line (fst (step g o)) = [] /\
  (inside g + length (line g) <= room -> Forall (fun x => snd x = Ok) (ended (snd (step g o)))).
Proof.
  intros H Z. pose proof H as (A & B & C & D & E).
  assert (R : forall en, units (fst (release g en)) = 0 ->
    map fst (ended (snd (release g en))) = map fst (line g) /\ line (fst (release g en)) = [] /\
    (inside g + length (line g) <= room -> Forall (fun x => snd x = Ok) (ended (snd (release g en))))).
  { intros en. unfold release. destruct (units g - 1 =? 0) eqn:Q; simpl; [| apply Nat.eqb_neq in Q; lia].
    pose proof (admit_all_spec (line g) (inside g) C) as S. destruct (admit_all (inside g) (line g)) as [m e]. simpl. tauto. }
  destruct o as [| | | | t | t d | | t |]; cbn [step]; simpl; try lia.
  - destruct (enabled g); simpl; try lia. destruct (_ <? _); simpl; lia.
  - destruct (enabled g); [apply R | simpl; lia].
  - destruct (_ <? _); simpl; lia.
  - destruct (_ =? _); [simpl; lia | apply R].
  - unfold enter. destruct (0 <? units g); simpl; try lia. destruct (_ <? _); simpl; lia.
  - unfold enter. replace (0 <? units g) with true by (symmetry; apply Nat.ltb_lt; lia).
    destruct d as [[| d] |]; simpl; try lia; destruct (passed _ _); simpl; lia.
  - destruct (_ =? 0); simpl; lia.
Qed.

Theorem bp02_disable_opens g : ok g -> enabled g = true -> units g = 1 -> units (fst (step g ODisable)) = 0.
Proof. intros H N U. cbn [step]. rewrite N. unfold release. rewrite U. simpl. destruct (admit_all _ _). auto. Qed.

(* Nobody slips in: who enters at once finds no line. *)
Theorem bp02_no_barging n t x d : let g := final step (init n) t in
  st (snd (step g (OTry x))) = Ok \/ st (snd (step g (OWait x d))) = Ok -> line g = [].
Proof.
  intros g. pose proof (bp05_invariant n t) as H. fold g in H. destruct H as (A & B & C & D & E). cbn [step]. unfold enter.
  destruct (0 <? units g) eqn:Z; [| intros _; apply D; apply Nat.ltb_ge in Z; lia].
  simpl. intros [Q | Q]; [discriminate|]. destruct d as [[| d] |]; simpl in Q; try discriminate;
    destruct (passed _ _); discriminate.
Qed.

(* BP03: a wait blocks iff the gate is closed and its deadline has not passed; it times out at its deadline, not before. *)
Theorem bp03_blocks_iff_closed g t d : ok g ->
  (st (snd (step g (OWait t d))) = Blocked <-> 0 < units g /\ passed g d = false /\ d <> Some 0).
Proof.
  intros H. cbn [step]. unfold enter. destruct (0 <? units g) eqn:Z.
  - apply Nat.ltb_lt in Z. destruct d as [[| d] |].
    + simpl. split; [discriminate | intros (_ & _ & Q); congruence].
    + destruct (passed g (Some (S d))); simpl; (split; [intro Q | intros (_ & Q & _)]); try discriminate; auto.
      split; [exact Z | split; [reflexivity | discriminate]].
    + destruct (passed g None) eqn:P; [discriminate P|]. simpl. split; auto.
      intros _. split; [exact Z | split; [reflexivity | discriminate]].
  - apply Nat.ltb_ge in Z. destruct (inside g <? room); simpl; split; intro Q; try discriminate; lia.
Qed.

Theorem bp03_times_out_at_the_deadline n t : let g := final step (init n) t in
  (forall w d, In (w, Some d) (line g) -> now g < d) /\
  (forall w d, In (w, Some d) (line g) -> (In (w, Some d) (line (fst (step g OTick))) <-> d <> S (now g))) /\
  (forall w, In (w, None) (line g) -> In (w, None) (line (fst (step g OTick)))).
Proof.
  intros g. pose proof (bp05_invariant n t) as H. fold g in H. destruct H as (A & B & C & D & E).
  assert (L : forall w d, In (w, Some d) (line g) -> now g < d).
  { intros w d I. rewrite Forall_forall in E. specialize (E _ I). unfold is_due in E. simpl in E. now apply Nat.leb_gt in E. }
  split; [exact L|]. split; [intros w d I; specialize (L w d I) | intros w I]; cbn [step fst line]; rewrite filter_In; unfold is_due; cbn [snd].
  - rewrite negb_true_iff, Nat.leb_gt. split; [intros [_ Q]; lia | intro Q; split; auto; lia].
  - auto.
Qed.

Theorem bp03_only_the_due_time_out g w s : ok g -> In (w, s) (ended (snd (step g OTick))) ->
  s = ETIMEDOUT /\ In (w, Some (S (now g))) (line g).
Proof.
  intros (A & B & C & D & E) I. cbn [step snd ended] in I. apply in_map_iff in I as ([v d] & Q & I).
  injection Q as -> <-. split; auto. apply filter_In in I as [I P]. rewrite Forall_forall in E. specialize (E _ I).
  unfold is_due in *; simpl in *. destruct d as [d |]; [| discriminate].
  apply Nat.leb_le in P. apply Nat.leb_gt in E. assert (d = S (now g)) by lia. now subst.
Qed.

(* BP04, who waits: each wait that blocked ends exactly once: admitted, timed out, cancelled, or it is still in line. *)
Definition blocked (o : op) (a : out) : list nat :=
  match o, a with OWait t _, Out Blocked _ => [t] | _, _ => [] end.

Lemma split_line f (l : list (nat * option nat)) : Permutation l (filter f l ++ filter (fun x => negb (f x)) l).
Proof.
  induction l as [| e l IH]; simpl; auto. destruct (f e); simpl; auto.
  eapply perm_trans; [constructor; exact IH | apply Permutation_middle].
Qed.

Theorem bp04_each_wait_ends_once g o : ok g ->
  Permutation (map fst (line g) ++ blocked o (snd (step g o)))
              (map fst (ended (snd (step g o))) ++ map fst (line (fst (step g o)))).
Proof.
  intros (A & B & C & D & E).
  assert (R : forall en, Permutation (map fst (line g) ++ [])
     (map fst (ended (snd (release g en))) ++ map fst (line (fst (release g en))))).
  { intro en. unfold release. destruct (units g - 1 =? 0); simpl; [| now rewrite app_nil_r].
    pose proof (admit_all_spec (line g) (inside g) C) as S. destruct (admit_all (inside g) (line g)) as [m e]. simpl.
    destruct S as (_ & S & _). rewrite S. auto. }
  assert (N : Permutation (map fst (line g) ++ []) ([] ++ map fst (line g))) by (now rewrite app_nil_r).
  destruct o as [| | | | t | t d | | t |]; cbn [step blocked].
  - destruct (enabled g); [exact N|]. destruct (_ <? _); exact N.
  - destruct (enabled g); [apply R | exact N].
  - destruct (_ <? _); exact N.
  - destruct (_ =? _); [exact N | apply R].
  - unfold enter. destruct (_ <? _); [exact N|]. destruct (_ <? _); exact N.
  - unfold enter. destruct (0 <? units g); [| destruct (_ <? _); exact N].
    destruct d as [[| d] |]; simpl; try exact N; try (destruct (passed _ _); simpl; [exact N | rewrite map_app; auto]).
    rewrite map_app. auto.
  - destruct (_ =? 0); exact N.
  - simpl. rewrite app_nil_r, map_map.
    pose proof (Permutation_map fst (split_line (fun x => fst x =? t) (line g))) as P. rewrite map_app in P. exact P.
  - simpl. rewrite app_nil_r, map_map.
    pose proof (Permutation_map fst (split_line (is_due (S (now g))) (line g))) as P. rewrite map_app in P. exact P.
Qed.

(* BP04, who is inside: over any trace entries and departures add up; no entry is counted twice or lost. *)
Definition departures (e : op * out) : nat := match e with (OLeave, Out Ok _) => 1 | _ => 0 end.

Theorem bp04_inside_is_entries_minus_departures g t : ok g ->
  inside g + list_sum (map entries (log step g t)) = list_sum (map departures (log step g t)) + inside (final step g t).
Proof.
  assert (S : forall g o, ok g -> inside g + entries (o, snd (step g o)) = departures (o, snd (step g o)) + inside (fst (step g o))).
  { clear. intros g o (A & B & C & D & E).
    assert (T : forall s (l : list (nat * option nat)), s <> Ok ->
              length (filter (fun x : nat * status => match snd x with Ok => true | _ => false end) (map (fun x => (fst x, s)) l)) = 0).
    { intros s l Q. induction l; simpl; auto. destruct s; auto. congruence. }
    assert (R : forall en, inside g + length (filter (fun x => match snd x with Ok => true | _ => false end) (ended (snd (release g en)))) =
                           inside (fst (release g en))).
    { intro en. unfold release. destruct (units g - 1 =? 0); simpl; auto.
      pose proof (admit_all_spec (line g) (inside g) C) as S. destruct (admit_all (inside g) (line g)) as [m e]. simpl. lia. }
    destruct o as [| | | | t | t d | | t |]; cbn [step]; unfold entries, departures.
    - destruct (enabled g); simpl; auto. destruct (_ <? _); simpl; auto.
    - destruct (enabled g); [| simpl; auto]. rewrite <- R. simpl. auto.
    - destruct (_ <? _); simpl; auto.
    - destruct (_ =? _); [simpl; auto | rewrite <- R; simpl; auto].
    - unfold enter. destruct (0 <? units g); simpl; auto. destruct (_ <? _); simpl; lia.
    - unfold enter. destruct (0 <? units g); [| destruct (_ <? _); simpl; lia].
      destruct d as [[| d] |]; simpl; auto; destruct (passed _ _); simpl; auto.
    - destruct (inside g =? 0) eqn:Q; simpl; auto. apply Nat.eqb_neq in Q. lia.
    - simpl. rewrite T; [lia | discriminate].
    - simpl. rewrite T; [lia | discriminate]. }
  revert g. induction t as [| o t IH]; intros g H; [unfold final, log; simpl; lia|].
  rewrite final_cons, log_cons. cbn [map]. specialize (IH (fst (step g o)) (step_ok g o H)). specialize (S g o H).
  unfold list_sum in *. cbn [fold_right]. lia.
Qed.

End Limits.
